// Measures the page as it is shown; returns a line for each fault. See overlap.rs.
const out=[],E=1.5,hit=(a,c,e=E)=>Math.min(a.right,c.right)-Math.max(a.left,c.left)>e&&Math.min(a.bottom,c.bottom)-Math.max(a.top,c.top)>e;
const vis=e=>{for(let x=e;x&&x!==document.body;x=x.parentElement){const s=getComputedStyle(x);if(s.visibility==='hidden'||s.display==='none')return false;}return true};
const stage=document.getElementById('picture');
const shown=e=>vis(e)&&!e.closest('.sr,script,style,select,datalist,option,dialog')&&!(e.closest('details:not([open])')&&!e.closest('summary'));
const T=[],tw=document.createTreeWalker(document.body,4);
while(tw.nextNode()){const x=tw.currentNode,e=x.parentElement;if(!x.data.trim()||!shown(e)||e.closest('.skip'))continue;const r=document.createRange();r.selectNodeContents(x);const fs=parseFloat(getComputedStyle(e).fontSize);
 for(const q of r.getClientRects())if(q.width>1&&q.height>1){const k=Math.max(0,(q.height-fs*1.02)/2);T.push({left:q.left,right:q.right,top:q.top+k,bottom:q.bottom-k,e,s:x.data.trim().slice(0,32),fs})}}
for(const t of T){if(t.fs<10.5)out.push('small text '+t.fs+' '+t.s);
 const c=t.e.closest('.b,.sw,td,th,.tb,.stepname,.cell,.card,.sn,.az,.chip');if(c&&!(t.e.closest('summary')&&c.matches('details'))){const r=c.getBoundingClientRect();if(t.left<r.left-1||t.right>r.right+1||t.top<r.top-1||t.bottom>r.bottom+1)out.push('text leaves its box: '+t.s+' '+c.className)}
 if(t.right>document.documentElement.clientWidth+1)out.push('text beyond the window: '+t.s)}
T.sort((a,b)=>a.top-b.top);
// What is drawn above a text hides it.
for(const t of T)if(stage&&stage.contains(t.e)){const x=(t.left+t.right)/2,y=(t.top+t.bottom)/2;if(x>0&&y>0&&x<innerWidth&&y<innerHeight){const h=document.elementFromPoint(x,y);if(h&&!(h.contains(t.e)||t.e.contains(h)))out.push('hidden text: '+t.s+' under '+h.className)}}
for(let i=0;i<T.length;i++)for(let j=i+1;j<T.length&&T[j].top<T[i].bottom;j++)if(hit(T[i],T[j]))out.push('text over text: '+T[i].s+' | '+T[j].s);
if(!stage||!stage.offsetParent)out.push('no picture');
else{
 const B=[...stage.querySelectorAll('.b')].map(e=>({id:e.dataset.node,r:e.getBoundingClientRect(),e}));
 const ids=B.map(b=>b.id);for(const id of ids)if(ids.indexOf(id)!==ids.lastIndexOf(id))out.push('two boxes '+id);
 for(let i=0;i<B.length;i++){for(let j=i+1;j<B.length;j++)if(hit(B[i].r,B[j].r,.5))out.push('box over box '+B[i].id+' '+B[j].id);
  for(const t of T)if(!t.e.closest('.b')&&stage.contains(t.e)&&hit(B[i].r,t))out.push('label under box '+t.s+' '+B[i].id)}
 if(stage.dataset.missing)out.push('no way: '+stage.dataset.missing);
 const o=document.getElementById('lines').getBoundingClientRect();
 const P=[...document.querySelectorAll('#lines > path')];
 if(!B.length)out.push('no boxes');if(!P.length)out.push('no lines');
 const F=[...stage.querySelectorAll('.az,.sn,.f-vpc')].map(e=>({r:e.getBoundingClientRect(),e}));
 for(const w of P){const own=w.dataset.own.split(','),pt=w.dataset.points.split(' ').map(a=>a.split(',').map(Number)),hw=parseFloat(getComputedStyle(w).strokeWidth)/2;
  const foreign=F.filter(({r:q})=>!own.some(i=>{const z=B.find(b=>b.id===i).r;return z.left<q.right&&z.right>q.left&&z.top<q.bottom&&z.bottom>q.top}));
  for(let i=1;i<pt.length;i++){const a=pt[i-1],c=pt[i];if(Math.abs(a[0]-c[0])>.6&&Math.abs(a[1]-c[1])>.6)out.push('not orthogonal '+own);
   const r={left:Math.min(a[0],c[0])-hw+o.left,right:Math.max(a[0],c[0])+hw+o.left,top:Math.min(a[1],c[1])-hw+o.top,bottom:Math.max(a[1],c[1])+hw+o.top};
   if(r.left<o.left-1||r.right>o.right+1||r.top<o.top-1||r.bottom>o.bottom+1)out.push('wire leaves the picture '+own);
   for(const f of foreign)if(hit(r,f.r,.5))out.push('wire '+own+' through the foreign frame '+f.e.className+' '+f.e.textContent.slice(0,24));
   for(const t of T)if(stage.contains(t.e)&&hit(r,t,.5))out.push('wire '+own+' over text '+t.s);
   for(const q of B){if(own.includes(q.id)){if(hit(r,{left:q.r.left+3,right:q.r.right-3,top:q.r.top+3,bottom:q.r.bottom-3},.5))out.push('wire '+own+' inside its own '+q.id)}else if(hit(r,q.r,.2))out.push('wire '+own+' through '+q.id)}}}
}
for(const e of document.querySelectorAll('.b,.card,.sw,td,th,.tb,.copyable,.sheet,.cell,.vcard,.stepname'))if(shown(e)&&e.clientWidth&&e.scrollWidth>e.clientWidth+1)out.push('clipped '+e.className+' '+e.textContent.trim().slice(0,30));
if(document.documentElement.scrollWidth>document.documentElement.clientWidth)out.push('horizontal scroll '+document.documentElement.scrollWidth);
return [...new Set(out)];
